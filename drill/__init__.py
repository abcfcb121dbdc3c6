"""What must hold when the server is killed, mail is refused and the database goes away: `make drill`."""
