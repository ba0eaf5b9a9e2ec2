"""What if: dated scenario files, base plus differences."""
