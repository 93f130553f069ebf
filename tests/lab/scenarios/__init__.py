"""One file a scenario: who does what with which real program, what must be told, what must not."""
