"""The kinds of sign-in, a module for each family: what their settings mean to JupyterHub's authenticators.

Checked against JupyterHub 5.5, OAuthenticator 17.4 and the authenticators of z2jh's hub image.
"""
