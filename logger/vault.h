/*
 * The vault: copies of descriptors that must outlive svinit, by name. svinit puts them in while it lives. After its
 * death the door is watched: the next svinit connects to it, gets them all, the pipes of the logs too, and this svlog
 * ends at once, as if it had been killed; the journal, which is among them, tells its successor where to go on.
 */
#ifndef SVINIT_LOGGER_VAULT_H
#define SVINIT_LOGGER_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logger;

struct vault_item {
	char *name;
	int fd;
};

struct vault {
	struct vault_item *items;
	size_t count, capacity;
	int door; /* a listening SOCK_SEQPACKET; -1: none */
	uint64_t orphaned_since;
	bool handed_over;
};

enum { VAULT_ITEMS_MAX = 65536 };

void vault_init(struct vault *vault);
void vault_finish(struct vault *vault);
/* Take `fd` over. */
void vault_put(struct vault *vault, const char *name, int fd);
void vault_set_door(struct vault *vault, int fd);
void vault_drop(struct vault *vault, const char *name);
/* svinit is gone. */
void vault_watch_door(struct logger *logger);
/* Somebody is at the door; only root and our own user are let in. */
void vault_answer(struct logger *logger);
/* Whether there is something in it for which it is worth to live on without any log to write. */
bool vault_is_worth_keeping(const struct vault *vault);
/* ms until there is something to do; -1: nothing. */
int vault_patience(const struct vault *vault);
/* Who sends to a notify socket that nobody reads waits for ever: it is not kept for long. */
void vault_expire(struct vault *vault);

#endif
