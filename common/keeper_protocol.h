/*
 * What svinit and a keeper (keeper/keeper.c) say to each other.
 *
 * svinit queues signals with a value (sigqueue(3)): they need no descriptor on either side, and only who may kill the
 * keeper may send them. A keeper writes fixed records to the one pipe that all keepers share (descriptor 0 of theirs);
 * they are smaller than PIPE_BUF, so none is ever mixed with another's.
 */
#ifndef SVINIT_COMMON_KEEPER_PROTOCOL_H
#define SVINIT_COMMON_KEEPER_PROTOCOL_H

#include <stdint.h>

enum {
	KEEPER_SIGNAL_COMMAND = 40, /* the value: a signal, and what follows */
	KEEPER_SIGNAL_WATCH = 41,   /* the value: the pid whose end is to be reported, now the main process */
};

enum {
	KEEPER_COMMAND_SIGNAL = 0xff,
	KEEPER_COMMAND_CONTINUE = 1 << 8,   /* SIGCONT behind it */
	KEEPER_COMMAND_SPARE_MAIN = 1 << 9, /* to all but the main process */
	KEEPER_COMMAND_MAIN_ONLY = 1 << 10,
};

/* The process that is watched has ended. */
struct keeper_report {
	int32_t keeper, pid;
	int32_t code; /* CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0: it is gone, and somebody else knows how */
	int32_t status;
	int32_t empty; /* nothing else is left below this keeper */
};

#endif
