/*
 * Users that exist while a unit runs: DynamicUser= of systemd.exec(5). A number of the range is taken by locking the
 * file of its name, so that no two units, nor two svinits, have the same.
 */
#ifndef SVINIT_OS_DYNAMIC_USER_H
#define SVINIT_OS_DYNAMIC_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/cause.h"

enum { DYNAMIC_USER_FIRST = 61184, DYNAMIC_USER_LAST = 65519 };

bool dynamic_user_is_one(uid_t uid);

/*
 * Takes a number for the name: `preferred` if it is one and free, else one that the name leads to. Returns the
 * descriptor that holds it, or -errno with the cause.
 */
int dynamic_user_take(const char *directory, const char *name, uid_t preferred, uid_t *uid, struct cause *cause);
/* Gives it back and closes the descriptor. */
void dynamic_user_release(const char *directory, uid_t uid, int fd);

#endif
