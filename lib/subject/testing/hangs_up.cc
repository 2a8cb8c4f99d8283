// No subject: closes its connection, and lives on.
#include <unistd.h>

int main() {
  close(3);
  pause();
}
