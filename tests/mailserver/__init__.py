"""A real mail server for tests, on loopback: postfix with TLS, passwords asked of dovecot, a mailbox read by IMAP."""
