#include "vault/tw-vault.h"
