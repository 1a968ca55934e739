/* What the kernel has of a unit, as it is saved. */
#ifndef SVINIT_UNIT_RUNTIME_RECORD_H
#define SVINIT_UNIT_RUNTIME_RECORD_H

#include "common/pack.h"
#include "supervisor/manager.h"
#include "supervisor/saved_state.h"

enum { SAVED_KEEPERS_MAX = 16 };

struct saved_runtime {
	uint8_t starting; /* role + 1 of the process that was being started; 0: none */
	uint64_t identities[ROLE_COUNT];
	int log_pipes[2];       /* in the process that wrote it; -1: none */
	uint64_t log_inodes[2]; /* of the pipes, by which others that hold them are found */
	char invocation_id[33];
	unsigned long oom_kills;
	bool contained, killed;
	pid_t leader[ROLE_COUNT];
	struct saved_keeper {
		pid_t pid, main;
	} keepers[SAVED_KEEPERS_MAX]; /* those behind them are forgotten: what they hold is found otherwise */
	unsigned keeper_count;
};

/* Nothing for a unit that was never started. */
void unit_runtime_pack(const struct manager *manager, unit_id unit, struct pack *pack);
/* 0, or -EINVAL: no svinit wrote that. */
int unit_runtime_unpack(const struct bytes *record, struct saved_runtime *runtime);

#endif
