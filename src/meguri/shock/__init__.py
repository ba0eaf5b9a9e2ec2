"""What stops when: controls, stocks, qualification and price, day by day."""
