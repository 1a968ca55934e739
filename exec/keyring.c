#include "exec/keyring.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static enum keyring_mode mode_of(const struct exec_recipe *recipe)
{
	if (recipe->sandbox.keyring_mode != KEYRING_DEFAULT)
		return recipe->sandbox.keyring_mode;
	return recipe->user_mode ? KEYRING_INHERIT : KEYRING_PRIVATE;
}

void keyring_set_up(struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;
	enum keyring_mode mode = mode_of(recipe);

	if (mode == KEYRING_INHERIT)
		return;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) < 0) {
		/* In most containers there are no keyrings, and so none to be kept from. */
		if (recipe->sandbox.keyring_mode)
			start_not_enforced(start, "KeyringMode", errno, "no session keyring");
		return;
	}
	if (recipe->set_ids)
		(void)syscall(SYS_keyctl, KEYCTL_CHOWN, KEY_SPEC_SESSION_KEYRING, recipe->uid, recipe->gid, 0);
	if (mode == KEYRING_SHARED &&
	    syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING, 0, 0) < 0)
		start_not_enforced(start, "KeyringMode", errno, "the user's keyring");
}
