"""`likeness verify`: does this machine come to what the committed run, or another machine, came to?"""
