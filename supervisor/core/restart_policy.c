#include "supervisor/core/restart_policy.h"

#include <signal.h>

static bool ended_as(const struct exit_status_set *set, const struct exec_status *main)
{
	if (main->code == CLD_EXITED)
		return exit_status_set_has_status(set, main->status);
	if (main->code == CLD_KILLED || main->code == CLD_DUMPED)
		return exit_status_set_has_signal(set, main->status);
	return false;
}

bool restart_wanted(const struct service_options *options, enum unit_result result, const struct exec_status *main)
{
	if (ended_as(&options->restart_prevent_exit, main))
		return false;
	if (ended_as(&options->restart_force_exit, main))
		return true;
	if (result == RESULT_EXEC_CONDITION)
		return false;
	switch (options->restart) {
	case RESTART_ALWAYS:
		return true;
	case RESTART_ON_SUCCESS:
		return result == RESULT_SUCCESS;
	case RESTART_ON_FAILURE:
		return result != RESULT_SUCCESS;
	case RESTART_ON_ABNORMAL:
		return result != RESULT_SUCCESS && result != RESULT_EXIT_CODE;
	case RESTART_ON_WATCHDOG:
		return result == RESULT_WATCHDOG;
	case RESTART_ON_ABORT:
		return result == RESULT_SIGNAL || result == RESULT_CORE_DUMP;
	default:
		return false;
	}
}

/* Natural logarithm of x ≥ 1, by halving x down to [1, 2) and the series of artanh. */
static double logarithm(double x)
{
	const double ln2 = 0.693147180559945309;
	double halvings = 0, y, power, sum = 0;

	while (x >= 2) {
		x /= 2;
		halvings++;
	}
	y = (x - 1) / (x + 1);
	power = y;
	for (int n = 1; n < 40; n += 2) {
		sum += power / n;
		power *= y * y;
	}
	return 2 * sum + halvings * ln2;
}

/* e to the x ≥ 0, by its series at x / 1024 and ten squarings. */
static double exponential(double x)
{
	double term = 1, sum = 1;

	x /= 1024;
	for (int n = 1; n < 20; n++) {
		term *= x / n;
		sum += term;
	}
	for (int i = 0; i < 10; i++)
		sum *= sum;
	return sum;
}

usec restart_delay(const struct service_options *options, unsigned restarts)
{
	usec first = options->restart_delay;
	usec last = options->restart_max_delay;
	double growth;

	if (restarts == 0 || options->restart_steps == 0 || last == USEC_INFINITY || first >= last)
		return first;
	if (restarts >= options->restart_steps)
		return last;
	if (first == 0)
		first = USEC_PER_MSEC < last ? USEC_PER_MSEC : last; /* from nothing nothing would grow */
	growth = logarithm((double)last / (double)first) * restarts / options->restart_steps;
	return (usec)((double)first * exponential(growth) + 0.5);
}
