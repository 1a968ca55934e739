/* A parent that never waits for its children: they end at once and stay zombies for as long as it lives. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	for (int child = 0; child < 3; child++)
		if (fork() == 0)
			_exit(0);
	printf("three children, and not one will be waited for\n");
	fflush(stdout);
	for (;;)
		pause();
}
