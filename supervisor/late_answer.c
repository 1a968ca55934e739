#include "supervisor/late_answer.h"

#include <stdlib.h>

#include "supervisor/control_verbs.h"
#include "supervisor/log_line.h"

/* An answer is worth waiting for, but not for long: svlog may be stopped, or its disk slow. */
#define PATIENCE (USEC_PER_SEC / 2)

struct late_answer {
	struct late_answer *next;
	struct action action;
	usec deadline;
	uint32_t number;
};

static bool tells_of_failure(const struct action *action)
{
	return action->answer.result == JOB_FAILED || action->answer.result == JOB_TIMEOUT;
}

bool late_answer_take(struct manager *manager, struct action *action)
{
	struct late_answer **end = &manager->late_answers;

	if (!tells_of_failure(action))
		return false;
	uint32_t number = log_line_flush(manager);
	struct late_answer *late = number ? calloc(1, sizeof *late) : NULL;
	if (!late)
		return false;
	*late = (struct late_answer){ .action = *action,
				      .deadline = usec_add(clock_monotonic(), PATIENCE),
				      .number = number };
	action->answer.text = NULL;
	while (*end)
		end = &(*end)->next;
	*end = late;
	return true;
}

static void give(struct manager *manager)
{
	struct late_answer *late = manager->late_answers;

	manager->late_answers = late->next;
	if (manager->control)
		control_verbs_answer(manager->control, &late->action);
	action_finish(&late->action);
	free(late);
}

void late_answer_written(struct manager *manager, uint32_t number)
{
	/* Numbers grow, so all before the one that is told of are written too; the difference holds over a wrap. */
	while (manager->late_answers && (int32_t)(number - manager->late_answers->number) >= 0)
		give(manager);
}

usec late_answer_deadline(const struct manager *manager)
{
	return manager->late_answers ? manager->late_answers->deadline : USEC_INFINITY;
}

void late_answer_expire(struct manager *manager, usec now)
{
	while (manager->late_answers && manager->late_answers->deadline <= now)
		give(manager);
}

void late_answer_forget_all(struct manager *manager)
{
	while (manager->late_answers) {
		struct late_answer *late = manager->late_answers;
		manager->late_answers = late->next;
		action_finish(&late->action);
		free(late);
	}
}
