"""Put together and repeat: Study → Outcome."""
