"""The typed layer graph that every stage reads: types, layers, graph, rules, printed form."""
