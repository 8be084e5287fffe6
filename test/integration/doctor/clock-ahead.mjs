// Loaded before the program: its clock is ten minutes ahead.
const real = Date.now;
Date.now = () => real() + 600_000;
