"""Who: users, teams of numbers, roles, the audit trail."""
