"""What must be remembered, always bounded: flows, TCP streams, names of addresses, devices, sessions."""
