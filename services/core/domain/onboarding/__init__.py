"""Citizens on their way into digital services: events, attempts, and what follows from them."""
