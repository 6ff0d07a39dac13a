"""Laws about any implementation: an answer goes in, sentences of what is wrong come out, the most helpful one first."""
