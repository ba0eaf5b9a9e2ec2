"""How it hangs together: the chain, its concentration and its balances."""
