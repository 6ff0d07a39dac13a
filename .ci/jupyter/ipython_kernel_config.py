"""Kernels say errors only: each would otherwise announce that it talks over TCP on this machine."""

c = get_config()  # noqa: F821  (IPython provides it)
c.IPKernelApp.log_level = 40
