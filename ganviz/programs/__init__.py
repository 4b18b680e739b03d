"""Programs: a captured function of tensors as a short list of instructions over memory placed beforehand."""
