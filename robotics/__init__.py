"""Control package of two scenic-area robots: the greeter Youyou and the sweeper Woxiaobai."""
