"""What comes in: deliveries at the door, sweeps, hints, roots that wake."""
