"""What a tester may ask and order, under `/_control`."""
