"""The parts of the reload comparison (`benches/peers/reload`)."""
