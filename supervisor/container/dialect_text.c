#include "supervisor/container/dialect.h"

static const char tini_help[] =
	"svinit called as tini\n"
	"Usage: tini [OPTIONS] -- COMMAND [ARG...]\n"
	"Runs COMMAND, hands signals on to it, reaps orphans, and exits with its status.\n"
	"\n"
	"  -s         adopt orphans (be their subreaper) where this is not PID 1\n"
	"  -p SIGNAL  be sent SIGNAL when our parent dies, such as SIGKILL\n"
	"  -g         signals go to the whole process group of COMMAND\n"
	"  -e CODE    report exit status CODE (0 to 255) as 0; may be given several times\n"
	"  -w         say which orphans are reaped\n"
	"  -v         say more; up to three times\n"
	"  -l         the licence\n"
	"  -h         this text\n"
	"  --version  the version, when it stands alone\n"
	"\n"
	"Set in the environment: TINI_SUBREAPER for -s, TINI_KILL_PROCESS_GROUP for -g, TINI_VERBOSITY=0 to 3.\n";

static const char dumb_init_help[] =
	"svinit called as dumb-init\n"
	"Usage: dumb-init [OPTIONS] COMMAND [ARG...]\n"
	"Runs COMMAND in a session of its own, hands signals on to it, reaps orphans, and exits with its status.\n"
	"\n"
	"  -c, --single-child      no session; signals go to COMMAND alone, not to its group\n"
	"  -r, --rewrite FROM:TO   send signal number TO where FROM is received; TO 0: send nothing\n"
	"  -v, --verbose           say what happens\n"
	"  -h, --help              this text\n"
	"  -V, --version           the version\n"
	"\n"
	"DUMB_INIT_SETSID=0 in the environment is -c, DUMB_INIT_DEBUG=1 is -v.\n";

static const char catatonit_help[] = "svinit called as catatonit\n"
				     "usage: catatonit [OPTIONS] [--] COMMAND [ARG...]\n"
				     "Runs COMMAND, hands signals on to it, reaps orphans, and exits with its status.\n"
				     "\n"
				     "  -g             signals go to the whole process group of COMMAND\n"
				     "  -P             run nothing: pause until SIGINT or SIGTERM\n"
				     "  -L             the licence\n"
				     "  -h             this text\n"
				     "  -V, --version  the version\n";

const char *dialect_help(enum dialect dialect)
{
	switch (dialect) {
	case DIALECT_TINI:
		return tini_help;
	case DIALECT_DUMB_INIT:
		return dumb_init_help;
	case DIALECT_CATATONIT:
		return catatonit_help;
	default:
		return "Usage: svinit [OPTIONS] -- COMMAND [ARG...]; svinit --help has the options\n";
	}
}

/* Container engines parse these lines: the words in front are the ones they look for. */
const char *dialect_version(enum dialect dialect)
{
	switch (dialect) {
	case DIALECT_TINI:
		return "tini version 0.19.0 - svinit " SVINIT_VERSION "\n";
	case DIALECT_DUMB_INIT:
		return "dumb-init v1.2.5 - svinit " SVINIT_VERSION "\n";
	case DIALECT_CATATONIT:
		return "tini version 0.1.7_catatonit - svinit " SVINIT_VERSION "\n";
	default:
		return "svinit " SVINIT_VERSION "\n";
	}
}

const char *dialect_license(void)
{
	return "svinit " SVINIT_VERSION " is free software under the MIT licence.\n";
}

int dialect_usage_status(enum dialect dialect)
{
	return dialect == DIALECT_SVINIT ? 2 : 1;
}
