#include "supervisor/core/action_queue.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

static bool grow(struct action_queue *queue)
{
	uint32_t capacity = queue->capacity ? queue->capacity * 2 : FIRST_CAPACITY;
	struct action *items;
	uint32_t to_end;

	if (capacity < queue->capacity)
		return false;
	items = malloc(capacity * sizeof *items);
	if (!items)
		return false;
	to_end = queue->capacity - queue->head;
	if (to_end > queue->count)
		to_end = queue->count;
	if (queue->count > 0) {
		memcpy(items, queue->items + queue->head, to_end * sizeof *items);
		memcpy(items + to_end, queue->items, (queue->count - to_end) * sizeof *items);
	}
	free(queue->items);
	queue->items = items;
	queue->capacity = capacity;
	queue->head = 0;
	return true;
}

bool action_queue_push(struct action_queue *queue, const struct action *action)
{
	if (queue->count == queue->capacity && !grow(queue)) {
		struct action lost = *action;

		action_finish(&lost);
		return false;
	}
	queue->items[(queue->head + queue->count) & (queue->capacity - 1)] = *action;
	queue->count++;
	return true;
}

bool action_queue_take(struct action_queue *queue, struct action *action)
{
	if (queue->count == 0)
		return false;
	*action = queue->items[queue->head];
	queue->head = (queue->head + 1) & (queue->capacity - 1);
	queue->count--;
	return true;
}

void action_queue_finish(struct action_queue *queue)
{
	struct action action;

	while (action_queue_take(queue, &action))
		action_finish(&action);
	free(queue->items);
	*queue = (struct action_queue){ 0 };
}

void action_finish(struct action *action)
{
	if (action->kind == ACTION_ANSWER) {
		free(action->answer.text);
		action->answer.text = NULL;
	} else if (action->kind == ACTION_RECORD) {
		free(action->record.text);
		action->record.text = NULL;
	}
}
