"""What runs numbers: kernels in C, how they are built and called, and NumPy beside them where that must agree.

Nothing here knows torch, or what a GAN is. docs/machine.md says how everything is rounded.
"""
