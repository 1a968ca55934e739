#include "supervisor/container/dialect.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/signal_name.h"

enum { LONG_OPTIONS_MAX = 64, EXIT_STATUS_MAX = 255, DUMB_INIT_SIGNAL_MAX = 31 };
enum { STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

/* What is known of a dialect before its options are read. */
struct dialect_row {
	const char *names[2];
	const char *short_options; /* '+' in front: options end at the first word that is none */
	const struct option *long_options;
	enum main_process_scope scope;
	bool signal_group, suspends, ends_group, subreaper;
	int status_not_found, status_not_executable, status_failed;
};

static const struct option version_only[] = {
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static const struct option dumb_init_options[] = {
	{ "help", no_argument, NULL, 'h' },         { "version", no_argument, NULL, 'V' },
	{ "verbose", no_argument, NULL, 'v' },      { "rewrite", required_argument, NULL, 'r' },
	{ "single-child", no_argument, NULL, 'c' }, { 0 },
};

static const struct option svinit_options[] = {
	{ "rewrite", required_argument, NULL, 'r' },
	{ "single-child", no_argument, NULL, 'c' },
	{ 0 },
};

static const struct dialect_row dialects[] = {
	[DIALECT_SVINIT] = { .names = { "svinit" },
			     .short_options = "+:sgp:e:wvhVcr:P",
			     .long_options = svinit_options,
			     .scope = SCOPE_SESSION,
			     .signal_group = true,
			     .suspends = true,
			     .ends_group = true,
			     .subreaper = true,
			     .status_not_found = STATUS_NOT_FOUND,
			     .status_not_executable = STATUS_NOT_EXECUTABLE,
			     .status_failed = STATUS_NOT_EXECUTABLE },
	[DIALECT_TINI] = { .names = { "tini", "docker-init" },
			   .short_options = ":hvwglse:p:",
			   .long_options = version_only,
			   .scope = SCOPE_GROUP,
			   .status_not_found = STATUS_NOT_FOUND,
			   .status_not_executable = STATUS_NOT_EXECUTABLE,
			   .status_failed = 1 },
	[DIALECT_DUMB_INIT] = { .names = { "dumb-init" },
				.short_options = "+:hvVr:c",
				.long_options = dumb_init_options,
				.scope = SCOPE_SESSION,
				.signal_group = true,
				.suspends = true,
				.ends_group = true,
				.status_not_found = 2,
				.status_not_executable = 2,
				.status_failed = 2 },
	[DIALECT_CATATONIT] = { .names = { "catatonit" },
				.short_options = ":ghLPV",
				.long_options = version_only,
				.scope = SCOPE_GROUP,
				.subreaper = true,
				.status_not_found = 1,
				.status_not_executable = 1,
				.status_failed = 1 },
};

struct parser {
	const struct dialect_row *row;
	struct main_process_options *options;
	struct cause *cause;
	uint64_t rewritten; /* signals that -r names: bit n is signal n + 1 */
};

static enum dialect dialect_of(const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;
	const char *name = slash ? slash + 1 : program;

	for (int i = 0; name && i < (int)(sizeof dialects / sizeof *dialects); i++)
		for (int j = 0; j < 2; j++)
			if (dialects[i].names[j] && strcmp(dialects[i].names[j], name) == 0)
				return (enum dialect)i;
	return DIALECT_SVINIT;
}

static const char *variable(char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; environment && *environment; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static void take_environment(struct main_process_options *options, char *const *environment)
{
	const char *value;

	if (options->dialect == DIALECT_DUMB_INIT) {
		value = variable(environment, "DUMB_INIT_DEBUG");
		options->verbosity += value && strcmp(value, "1") == 0;
		value = variable(environment, "DUMB_INIT_SETSID");
		if (value && strcmp(value, "0") == 0)
			options->scope = SCOPE_NOTHING;
	} else if (options->dialect != DIALECT_CATATONIT) {
		options->subreaper = options->subreaper || variable(environment, "TINI_SUBREAPER");
		options->signal_group = options->signal_group || variable(environment, "TINI_KILL_PROCESS_GROUP");
		value = variable(environment, "TINI_VERBOSITY");
		options->verbosity = value ? (int)strtol(value, NULL, 10) : options->verbosity;
	}
}

static void set_defaults(struct main_process_options *options, const struct dialect_row *row)
{
	options->outcome = MAIN_PROCESS_RUN;
	options->scope = row->scope;
	options->signal_group = row->signal_group;
	options->suspends = row->suspends;
	options->ends_group = row->ends_group;
	options->subreaper = row->subreaper;
	options->verbosity = MAIN_PROCESS_VERBOSITY;
	options->status_not_found = row->status_not_found;
	options->status_not_executable = row->status_not_executable;
	options->status_failed = row->status_failed;
	for (int i = 1; i <= MAIN_PROCESS_SIGNAL_MAX; i++)
		options->rewrite[i] = (uint8_t)i;
}

/* A whole decimal number from 0 to max, or -1. */
static int number(const char *text, long max)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	long value = strtol(text, &end, 10);
	return *end || errno || value > max ? -1 : (int)value;
}

static int take_exit_status(struct parser *parser, const char *text)
{
	int status = number(text, EXIT_STATUS_MAX);

	if (status < 0)
		return cause_set(parser->cause, EINVAL, "-e %s: it is an exit status from 0 to 255", text);
	parser->options->become_zero[status / 8] |= (uint8_t)(1U << (status % 8));
	return 0;
}

static int take_parent_death_signal(struct parser *parser, const char *text)
{
	int signal = signal_from_name(text);
	bool strict = parser->options->dialect == DIALECT_TINI;

	if (signal < 0 || (strict && (strncmp(text, "SIG", 3) != 0 || strchr(text, '+'))))
		return cause_set(parser->cause, EINVAL, "-p %s: it is the name of a signal, such as SIGTERM", text);
	parser->options->parent_death_signal = signal;
	return 0;
}

static int signal_from_text(const char *text, bool strict)
{
	if (strcmp(text, "0") == 0)
		return 0;
	return strict ? number(text, DUMB_INIT_SIGNAL_MAX) : signal_from_name(text);
}

static int take_rewrite(struct parser *parser, char *text)
{
	bool strict = parser->options->dialect == DIALECT_DUMB_INIT;
	char *colon = strchr(text, ':');
	int from = -1, to = -1;

	if (colon) {
		*colon = '\0';
		from = signal_from_text(text, strict);
		to = signal_from_text(colon + 1, strict);
		*colon = ':';
	}
	if (from < 1 || to < 0)
		return cause_set(parser->cause, EINVAL,
				 "-r %s: it takes FROM:TO, two signals%s; TO 0 sends nothing, as in -r 15:3", text,
				 strict ? " by number, 1 to 31" : "");
	parser->options->rewrite[from] = (uint8_t)to;
	parser->rewritten |= UINT64_C(1) << (from - 1);
	return 0;
}

static void take_single_child(struct main_process_options *options)
{
	options->scope = SCOPE_NOTHING;
	options->signal_group = false;
}

static void take_flag(struct main_process_options *options, int flag)
{
	switch (flag) {
	case 's':
		options->subreaper = true;
		break;
	case 'g':
		options->signal_group = true;
		break;
	case 'w':
		options->warns_of_orphans = true;
		break;
	case 'v':
		options->verbosity++;
		break;
	case 'c':
		take_single_child(options);
		break;
	case 'P':
		options->outcome = MAIN_PROCESS_PAUSE;
		break;
	case 'h':
		options->outcome = MAIN_PROCESS_HELP;
		break;
	case 'V':
		options->outcome = MAIN_PROCESS_VERSION;
		break;
	default: /* l, L */
		options->outcome = MAIN_PROCESS_LICENSE;
		break;
	}
}

/* One option that getopt_long(3) found; 1 where it belongs to the supervisor. */
static int take(struct parser *parser, int option, char **argv)
{
	switch (option) {
	case 'e':
		return take_exit_status(parser, optarg);
	case 'p':
		return take_parent_death_signal(parser, optarg);
	case 'r':
		return take_rewrite(parser, optarg);
	case ':':
		return cause_set(parser->cause, EINVAL, "%s needs a value; -h shows the options", argv[optind - 1]);
	case '?':
		if (optopt > 0 && optopt <= '~')
			return cause_set(parser->cause, EINVAL, "-%c: no such option; -h shows them", optopt);
		return cause_set(parser->cause, EINVAL, "%s: no such option; -h shows them", argv[optind - 1]);
	default:
		if (option < 1 || option > '~')
			return 1;
		take_flag(parser->options, option);
		return 0;
	}
}

static int join_long_options(struct option *to, const struct option *own, const struct option *others)
{
	size_t count = 0;

	for (; own->name; own++)
		to[count++] = *own;
	for (; others && others->name && count < LONG_OPTIONS_MAX; others++)
		to[count++] = *others;
	to[count] = (struct option){ 0 };
	return others && others->name ? -E2BIG : 0;
}

/* Reads the options; argv[optind] is then the first word behind them. */
static int take_options(struct parser *parser, int argc, char **argv, const struct option *others)
{
	struct option long_options[LONG_OPTIONS_MAX + 8];
	int keep = 1;

	if (join_long_options(long_options, parser->row->long_options, others) < 0)
		return cause_set(parser->cause, E2BIG, "too many long options");
	optind = 0;
	opterr = 0;
	for (;;) {
		int before = optind > 0 ? optind : 1;
		int option = getopt_long(argc, argv, parser->row->short_options, long_options, NULL);
		if (option == -1)
			break;
		int result = take(parser, option, argv);
		if (result < 0)
			return result;
		for (int i = before; result > 0 && i < optind; i++)
			argv[keep++] = argv[i];
		/* The printing ones end it, as they end the programs that are taken after. */
		if (parser->options->outcome > MAIN_PROCESS_PAUSE)
			break;
	}
	parser->options->supervisor_argc = keep;
	return 0;
}

/* Where the command leads a session no terminal can stop it: what asks it to stop becomes what does. */
static void settle_stop_signals(struct main_process_options *options, uint64_t rewritten)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		if (rewritten >> (stops[i] - 1) & 1)
			continue;
		if (options->scope == SCOPE_SESSION)
			options->rewrite[stops[i]] = SIGSTOP;
		if (options->dialect == DIALECT_CATATONIT || (options->dialect == DIALECT_TINI && stops[i] != SIGTSTP))
			options->rewrite[stops[i]] = 0;
	}
}

int dialect_parse(int argc, char **argv, char *const *environment, const struct option *others,
		  struct main_process_options *options, struct cause *cause)
{
	struct parser parser = { .options = options, .cause = cause };

	*options = (struct main_process_options){ .dialect = dialect_of(argc > 0 ? argv[0] : NULL) };
	parser.row = &dialects[options->dialect];
	set_defaults(options, parser.row);
	take_environment(options, environment);
	if (argc > 0) {
		int result = take_options(&parser, argc, argv, options->dialect == DIALECT_SVINIT ? others : NULL);
		if (result < 0)
			return result;
	}
	settle_stop_signals(options, parser.rewritten);
	if (options->scope == SCOPE_NOTHING)
		options->signal_group = false;
	if (options->outcome != MAIN_PROCESS_RUN)
		return 0;
	if (argc > 0 && optind < argc)
		options->command = argv + optind;
	else if (options->dialect == DIALECT_SVINIT)
		options->outcome = MAIN_PROCESS_NONE;
	else
		return cause_set(cause, EINVAL, "no command is given; -h shows how");
	return 0;
}
