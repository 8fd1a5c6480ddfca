"""What a tester may order, as it is written down: in calls to the control, presets and saved states."""
