"""What every rehearsed system shares: scripted trouble, and the controls of whoever directs it."""
