TEXT = "0"
