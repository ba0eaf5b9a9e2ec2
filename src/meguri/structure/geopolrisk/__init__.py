"""GeoPolRisk, as its tool computes it and as we believe it: scores, ranges, evidence."""
