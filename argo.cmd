@echo argo runs on Linux; on Windows use WSL2 and run ./argo there 1>&2 & exit /b 2
