"""Real servers, each started by one function on one host of the lab."""
