// Gives a target made of object libraries only a language to link with.
