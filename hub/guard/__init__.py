"""Identity and scope: who a credential stands for and what it may do (design D11)."""
