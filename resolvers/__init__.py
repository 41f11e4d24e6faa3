"""The GraphQL surface: types derived from the model, queries, mutations, subscriptions and their endpoint."""
