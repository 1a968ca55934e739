/* user_namespaces(7). */
#ifndef SVEXEC_USER_NAMESPACE_H
#define SVEXEC_USER_NAMESPACE_H

#include <sys/types.h>

#include "common/sandbox.h"

/* With nobody in it but who we are. 0 or -errno. */
int user_namespace_enter_alone(void);
/* As PrivateUsers= says; `uid` and `gid` are whom the service will run as. 0 or -errno. */
int user_namespace_enter(enum private_users kind, uid_t uid, gid_t gid);

#endif
