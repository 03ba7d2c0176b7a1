"""The team's work and one item of it: worklist and processes meet here, since who sees a process decides who reads its name."""
