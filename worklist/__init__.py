"""What is owed: work items, reminders, notices, mail and the outbox."""
