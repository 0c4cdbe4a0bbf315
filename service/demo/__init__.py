"""The main job, for a newcomer: harvest, tag, assemble, approve and send an issue to sample readers on this machine."""
