"""`deployer dns`: the records that a cluster's hosts need, and what DNS says of them."""
