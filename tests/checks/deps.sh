#!/bin/sh
# Checks that includes point one way: core <- layers <- autoencoders <- pretraining. Run from the project's folder.
wrong=$(
  grep -nE '#include "(layers|autoencoders|pretraining|tests)/' -r core
  grep -nE '#include "(autoencoders|pretraining|tests)/' -r layers
  grep -nE '#include "(pretraining|tests)/' -r autoencoders
  grep -nE '#include "tests/' -r pretraining
  grep -nE '#include "\.\.?/' -r core layers autoencoders pretraining tests
)
if [ -n "$wrong" ]; then
  echo "Includes against the arrow core <- layers <- autoencoders <- pretraining (or relative ones):"
  echo "$wrong"
  exit 1
fi
echo "deps: all includes point one way (core <- layers <- autoencoders <- pretraining)"
