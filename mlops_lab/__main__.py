"""`python -m mlops_lab` is `mlops-lab`."""

from mlops_lab.cli import main

main()
