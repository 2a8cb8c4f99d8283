// What a child executes in place of _exit(2) (pattern call_exec).
int main() { return 0; }
