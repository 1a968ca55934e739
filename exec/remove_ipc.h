/* RemoveIPC=: System V and POSIX IPC objects of a user that is gone. */
#ifndef SVEXEC_REMOVE_IPC_H
#define SVEXEC_REMOVE_IPC_H

#include <sys/types.h>

void remove_ipc_of(uid_t uid);

#endif
