/* The processes below this one, and signals to all of them. */
#ifndef SVINIT_KEEPER_TREE_H
#define SVINIT_KEEPER_TREE_H

#include <stdbool.h>

struct tree_order {
	int signal;
	bool and_continue;
	int spare; /* 0: nobody */
};

struct tree_count {
	int found, news, denied; /* processes; of them, not met since tree_forget(); of them, not ours to signal */
};

/*
 * One pass over the tree. With `news_only` who was met before is not signalled again. `main` is who is reached even
 * where there is no /proc.
 */
struct tree_count tree_signal(const struct tree_order *order, bool news_only, int main);
/* Everybody is new again. */
void tree_forget(void);

#endif
