/* Environment, SetEnvironment: the environment of all services. */
#include "common/string_list.h"
#include "supervisor/control.h"
#include "supervisor/manager_environment.h"

static void handle_environment(struct control_call *call)
{
	struct json_writer reply;
	char **list;

	if (!control_parameters(call, NULL, 0))
		return;
	list = manager_environment_list(call->manager);
	if (!list) {
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
		return;
	}
	control_reply_begin(&reply, false);
	write_key(&reply, "environment");
	write_strings(&reply, list);
	control_answer(call, &reply);
	string_list_free(list);
}

static bool apply(struct control_call *call, json_t *words,
		  int (*change)(struct manager *manager, const char *word, struct cause *cause))
{
	struct cause cause = { 0 };
	json_t *word;
	size_t i;

	json_array_foreach(words, i, word)
		if (change(call->manager, json_string_value(word), &cause) < 0) {
			control_answer_error(call, "Failed", "text", cause.text);
			return false;
		}
	return true;
}

static void handle_set_environment(struct control_call *call)
{
	json_t *unset = NULL, *set = NULL;

	if (!CONTROL_PARAMETERS(call, { "unset", PARAMETER_STRINGS, false, &unset },
				{ "set", PARAMETER_STRINGS, false, &set }))
		return;
	if (apply(call, unset, manager_environment_unset) && apply(call, set, manager_environment_set))
		control_answer_empty(call);
}

const struct control_method control_environment_methods[] = {
	{ "Environment", CONTROL_READ_ALL, handle_environment },
	{ "SetEnvironment", CONTROL_WRITE_ALL, handle_set_environment },
	{ 0 },
};
