#!/bin/sh
# Checks that includes follow the arrows between the rooms: a file may include its own room, and those that its room's line
# names. usage: tests/checks/deps.sh, in the project's folder
rooms='
core:                      
core/math:                 core
core/random:               core
core/formula:              core
core/io:                   core core/random
core/linalg:               core core/math
core/charts:               core core/io
core/data:                 core core/math core/random core/io
core/data/files:           core core/io core/data
core/autodiff:             core core/math core/random core/data core/formula
core/autodiff/rules:       core core/math core/random core/data core/autodiff
core/gradcheck:            core core/random core/autodiff
core/optim:                core core/math core/io core/autodiff
core/inspect:              core core/io core/formula core/autodiff core/gradcheck
core/inspect/debugger:     core core/autodiff core/gradcheck core/inspect
core/inspect/trace:        core core/io core/charts core/formula core/autodiff core/gradcheck core/inspect
layers:                    core*
autoencoders:              core* layers autoencoders/*
autoencoders/explicit:     core* layers autoencoders
autoencoders/files:        core* layers autoencoders
pretraining:               core* layers autoencoders* pretraining/rbm
pretraining/baselines:     core* layers autoencoders*
pretraining/rbm:           core* layers autoencoders* pretraining
pretraining/classifier:    core* layers autoencoders* pretraining pretraining/baselines
pretraining/runs:          core* layers autoencoders* pretraining pretraining/baselines pretraining/rbm pretraining/classifier
pretraining/pages:         core* layers autoencoders* pretraining pretraining/baselines pretraining/rbm pretraining/classifier pretraining/runs
pretraining/pages/kinds:   core* layers autoencoders* pretraining pretraining/baselines pretraining/runs pretraining/pages
pretraining/cli:           *
'
